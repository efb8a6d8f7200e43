/** The name under which attach leaves word for the post step. Apart from heal-state.ts so that asking costs nothing. */
export const HEAL_STATE = 'heal';
