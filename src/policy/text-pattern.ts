/**
 * What a text must be: equal, or match a glob in which `*` and `?` do not cross `/` (`**` does), or an RE2 expression, always
 * over the whole text. Plain data: text-matcher.ts matches.
 */
export interface TextPattern {
  readonly kind: 'exact' | 'glob' | 'regexp';
  readonly text: string;
}
