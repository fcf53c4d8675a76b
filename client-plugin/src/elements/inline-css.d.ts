/** A style sheet as text, which is how Vite gives it to whoever asks. */
declare module '*.css?inline' {
  const text: string;
  export default text;
}
