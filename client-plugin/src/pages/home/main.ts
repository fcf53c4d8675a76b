import './home-page.ts';
