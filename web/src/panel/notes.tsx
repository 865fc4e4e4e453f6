import { useState } from "preact/hooks"
import type { NoteRow } from "../../../src/atlas/shapes/note.ts"
import { removeNote, useAbout, writeNote } from "../client/atlas.ts"
import { asFailure } from "../client/failure.ts"
import { Failed } from "../parts/states.tsx"
import { time } from "../text/format.ts"
import { shown } from "../text/display.ts"

const key = "observatory-author"

const rememberedAuthor = (): string => {
  try {
    return localStorage.getItem(key) ?? ""
  } catch {
    return ""
  }
}

const remember = (author: string): void => {
  try {
    localStorage.setItem(key, author)
  } catch { /* It is typed again next time. */ }
}

const Note = ({ isEditable, note, serverId }: { readonly note: NoteRow; readonly serverId: number; readonly isEditable: boolean }) => {
  const [isSure, setSure] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const remove = async (): Promise<void> => {
    try {
      await removeNote(serverId, note.noteId)
    } catch (cause) {
      setFailure(asFailure(cause).message)
    }
  }
  return (
    <li class="note">
      <p class="note-text">{note.text.split("\n").map((line, i) => <span key={i}>{shown(line, 4_000)}<br /></span>)}</p>
      <p class="quiet">{`${shown(note.author, 60)}, ${time(note.writtenAt)}`}
        {isEditable ? <button type="button" class="plain" onClick={() => { if (isSure) void remove(); else setSure(true) }}>{isSure ? "Really remove" : "Remove"}</button> : null}</p>
      {failure === null ? null : <Failed message={failure} still="The note is still there." />}
    </li>
  )
}

const Editor = ({ serverId }: { readonly serverId: number }) => {
  const [author, setAuthor] = useState(rememberedAuthor)
  const [text, setText] = useState("")
  const [failure, setFailure] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const send = async (): Promise<void> => {
    setBusy(true)
    setFailure(null)
    try {
      await writeNote(serverId, { author: author.trim(), text: text.trim() })
      remember(author.trim())
      setText("")
    } catch (cause) {
      setFailure(asFailure(cause).message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form class="note-editor" onSubmit={(event) => { event.preventDefault(); void send() }}>
      <textarea rows={3} aria-label="Note" placeholder="A note about this server" value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
      <div class="actions">
        <input aria-label="Your name, as the note's author" placeholder="Your name" value={author} onInput={({ currentTarget }) => setAuthor(currentTarget.value)} />
        <button type="submit" disabled={isBusy || text.trim() === "" || author.trim() === ""}>Write note</button>
      </div>
      {failure === null ? null : <Failed message={failure} still="Your text is still in the field." />}
    </form>
  )
}

/** What people wrote about the server; survives new analyses and later crawls. */
export const Notes = ({ notes, serverId }: { readonly serverId: number; readonly notes: ReadonlyArray<NoteRow> }) => {
  const isEditable = useAbout().value?.notes === true
  return (
    <section>
      <h3>Notes</h3>
      {notes.length === 0 ? <p class="quiet">{isEditable ? "None yet. Notes hang on the host and survive new analyses." : "None."}</p> : null}
      <ul class="links">{notes.map((note) => <Note key={note.noteId} note={note} serverId={serverId} isEditable={isEditable} />)}</ul>
      {isEditable ? <Editor serverId={serverId} /> : null}
    </section>
  )
}
