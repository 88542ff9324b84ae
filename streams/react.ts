import type { Fact, Recorded } from "#domain/kernel/event.ts"
import type { Reaction } from "#domain/kernel/shapes.ts"

/**
 * The react loop: what durable events ask for is sent on, in their order. It keeps no position: what was asked and not
 * yet answered stands in the writer's state, and is asked again after a restart (at least once; every request has an id
 * of its own, so that the other side can tell).
 */
export const react =
  <Event extends Fact, Command>(reaction: Reaction<Event, Command>, send: (command: Command) => void) =>
  (event: Recorded<Event>): void => {
    for (const command of reaction.react(event)) send(command)
  }
