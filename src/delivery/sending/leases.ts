/** The leases that this process holds: kept alive while rows of theirs are open, closed with the last outcome. */

export class LeaseBook {
  readonly #open = new Map<string, number>();

  /** Notes rows taken under a lease. */
  add(leaseId: string, rows: number): void {
    this.#open.set(leaseId, (this.#open.get(leaseId) ?? 0) + rows);
  }

  /** Notes that rows have outcomes now; returns the leases that nothing holds any more. */
  settle(leaseIds: Iterable<string>): string[] {
    const finished: string[] = [];
    for (const id of leaseIds) {
      const left = (this.#open.get(id) ?? 0) - 1;
      if (left > 0) {
        this.#open.set(id, left);
      } else if (this.#open.delete(id)) finished.push(id);
    }
    return finished;
  }

  ids(): string[] {
    return [...this.#open.keys()];
  }
}
