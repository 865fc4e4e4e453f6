/** One of a few, with its label. */
export const Choice = ({ label, onChoose, options, value }: {
  readonly label: string
  readonly value: string
  readonly options: ReadonlyArray<readonly [string, string]>
  readonly onChoose: (value: string) => void
}) => (
  <label class="chooser">
    <span class="quiet">{label}</span>
    <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
      {options.map(([id, title]) => <option key={id} value={id}>{title}</option>)}
    </select>
  </label>
)
