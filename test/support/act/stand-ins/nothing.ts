/** In place of an action whose work is not needed here, such as logging in to a registry that asks nobody. */
export {};
