import './privacy-page.ts';
