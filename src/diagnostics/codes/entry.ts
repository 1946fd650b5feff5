/** What `effnetc explain CODE` prints. */
export interface CodeEntry {
  readonly title: string;
  /** Why this is an error and how to get out of it, in whole sentences. */
  readonly explanation: string;
}

export const entry = (title: string, explanation: string): CodeEntry => ({ title, explanation });
