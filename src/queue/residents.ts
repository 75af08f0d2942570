import { deserialize } from 'node:v8';
import { type InitMessage, initMessage, ProcessPool, type Work, type WorkOutcome } from '../evaluate/index.ts';
import type { BytesName } from './bytes-store.ts';
import { losslessJson } from './lossless-json.ts';
import type { PieceSetting } from './pieces.ts';

/** Settings that a worker keeps processes for, at most, for each piece that it may do at a time: idle ones cost memory alone. */
const SETTINGS = 3;

interface Resident {
  readonly key: string;
  readonly pool: ProcessPool;
  isBusy: boolean;
}

/** Child processes of a worker, each with the table of one setting resident. */
export class Residents {
  readonly #most: number;
  readonly #read: (name: BytesName) => Promise<Uint8Array>;
  /** Those used last come last. */
  #residents: readonly Resident[] = [];
  /** What processes start with, by setting, as long as some process is there. */
  readonly #inits = new Map<string, Promise<InitMessage>>();

  /**
   * @param jobs pieces that are done at a time
   * @param read gives the bytes that tables and clients are made of
   */
  constructor(jobs: number, read: (name: BytesName) => Promise<Uint8Array>) {
    this.#most = jobs * SETTINGS;
    this.#read = read;
  }

  /** Does a piece of work in a process that has its table, or in a new one. Throws what reading the bytes throws. */
  async perform(setting: PieceSetting, work: Work): Promise<WorkOutcome> {
    const key = losslessJson(setting);
    const resident = this.#take(key) ?? (await this.#start(key, setting));
    try {
      return await resident.pool.submit(work);
    } finally {
      resident.isBusy = false;
    }
  }

  #take(key: string): Resident | undefined {
    const resident = this.#residents.find((each) => each.key === key && !each.isBusy);
    if (resident === undefined) return undefined;
    resident.isBusy = true;
    this.#residents = [...this.#residents.filter((each) => each !== resident), resident];
    return resident;
  }

  async #start(key: string, setting: PieceSetting): Promise<Resident> {
    const init = await this.#init(key, setting);
    // Another piece may have ended while the bytes came.
    const free = this.#take(key);
    if (free !== undefined) return free;
    const resident: Resident = { key, pool: new ProcessPool(init), isBusy: true };
    this.#residents = [...this.#residents, resident];
    await this.#makeRoom();
    return resident;
  }

  #init(key: string, setting: PieceSetting): Promise<InitMessage> {
    const present = this.#inits.get(key);
    if (present !== undefined) return present;
    const made = this.#make(setting);
    this.#inits.set(key, made);
    made.catch(() => this.#inits.delete(key));
    return made;
  }

  async #make({ table, clients, settings }: PieceSetting): Promise<InitMessage> {
    const [rows, loop] = await Promise.all([this.#read(table), clients && this.#read(clients)]);
    return initMessage(
      deserialize(rows) as InitMessage['table'],
      { ...settings, jobs: 1 },
      loop && (deserialize(loop) as NonNullable<InitMessage['clients']>),
    );
  }

  async #makeRoom(): Promise<void> {
    while (this.#residents.length > this.#most) {
      const oldest = this.#residents.find(({ isBusy }) => !isBusy);
      if (oldest === undefined) return;
      this.#residents = this.#residents.filter((each) => each !== oldest);
      if (!this.#residents.some(({ key }) => key === oldest.key)) this.#inits.delete(oldest.key);
      await oldest.pool.close();
    }
  }

  /** Ends all processes; what they are at then fails. */
  async close(): Promise<void> {
    const all = this.#residents;
    this.#residents = [];
    await Promise.all(all.map(({ pool }) => pool.close()));
  }
}
