/** What happens to the calls of a client, for who follows them. Nothing of it changes a result. */
export type CallNotice =
  /** A call will be made, now or when there is room. */
  | { readonly kind: 'asked' }
  /** An attempt at a call begins. */
  | { readonly kind: 'sent'; readonly call: string; readonly model: string; readonly attempt: number }
  /** An attempt has failed, and another one follows. */
  | {
      readonly kind: 'again';
      readonly call: string;
      readonly model: string;
      readonly why: string;
      readonly waitMs: number;
    }
  /** Requests to a model are written otherwise from now on, because its server complained. */
  | { readonly kind: 'adapted'; readonly model: string; readonly adaptation: string; readonly why: string }
  /** A call is over, whatever came of it. */
  | { readonly kind: 'over'; readonly call: string };

export type CallObserver = (notice: CallNotice) => void;
