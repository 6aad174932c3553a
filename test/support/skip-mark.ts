/** A group that is skipped for want of a program says so in its title, from this mark on. */
export const SKIP_MARK = " [skipped: ";
