/** A check that was made, or why the data does not allow it. */
export type Checked<T> =
  | T
  | {
      /** Why. */
      readonly impossible: string;
    };
