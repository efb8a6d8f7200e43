/** The name under which attach leaves word for the post step: digests and references as JSON, never secrets. */
export const HEAL_STATE = 'heal';
