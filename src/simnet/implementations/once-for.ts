/** A function that is asked once for each argument. */
export const onceFor = <A, B>(make: (argument: A) => B): ((argument: A) => B) => {
  const made = new Map<A, B>()
  return (argument) => {
    if (!made.has(argument)) made.set(argument, make(argument))
    return made.get(argument)!
  }
}
