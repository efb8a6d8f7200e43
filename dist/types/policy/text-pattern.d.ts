/**
 * What a text must be: equal, or match a glob in which `*` and `?` do not cross `/` (`**` does), or an RE2 expression, always
 * over the whole text. text-matcher.ts makes and matches them; an `exact` one may be written as plain data.
 */
export type TextPattern = {
    readonly kind: 'exact' | 'glob';
    readonly text: string;
} | {
    readonly kind: 'regexp';
    readonly text: string;
    /** The compiled expression, over the whole text; its engine is loaded only where a policy has such a pattern. */
    readonly test: (text: string) => boolean;
};
