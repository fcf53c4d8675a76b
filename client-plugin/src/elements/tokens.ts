import { unsafeCSS } from 'lit';
import theme from '../pages/shared/theme.css?inline';

/**
 * The design tokens of the pages, for elements in pages that have none of them. What lies over a picture is dark
 * in any scheme, so that the first rule of the theme is all it takes. A page changes a token with a rule of its
 * own for the element, which goes before this one.
 */
const [, tokens = ''] = /:root\s*\{([^}]*)\}/.exec(theme) ?? [];

export const tokenStyles = unsafeCSS(`:host { ${tokens} }`);
