/** One line of figures of a long test, for docs/reliability.md. */
export function figures(what: string, values: Readonly<Record<string, string | number>>): void {
  const said = Object.entries(values).map(([name, value]) => `${name} ${String(value)}`);
  process.stdout.write(`figures: ${what}: ${said.join(', ')}\n`);
}
