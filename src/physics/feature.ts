import type { StepColumn } from './step.ts';

/** What a feature is made of: request sums, the KV cache, costs of components, the model, or figures for people to look into. */
export type FeatureKind = 'batch' | 'kv' | 'component' | 'architecture' | 'analysis';

/**
 * How the context of each request is known. `requests`: its state was recorded, so that all figures of contexts are exactly
 * those that StepTime computes. `blocks`: the KV blocks in use are shared out evenly among the requests, an estimate.
 */
export type ContextSource = 'blocks' | 'requests';

/** Sums over the requests of a batch that step records hold, or nearly so. */
export type RecordedSum = 'prefillTokens' | 'decodeTokens' | 'prefillRequests' | 'decodeRequests' | 'kvTokens';

/** Figures of a batch's contexts that take the state of each request. */
export type StateFigure = 'prefillKvTokens' | 'decodeKvTokens' | 'kvMax' | 'decodeKvMax' | 'kvVariance';

/** The figures of requests that every other feature is made of. */
export type MeasuredName = RecordedSum | StateFigure;

/** Figures of the contexts of recorded batches, from the state of their requests: an entry for each row of the step records. */
export type ContextSums = { readonly [N in 'kvTokens' | StateFigure]: Float64Array };

interface FeatureBase {
  readonly name: string;
  /** As shown to people and models; `1` for a pure number. */
  readonly unit: string;
  /** One line. */
  readonly meaning: string;
  readonly kind: FeatureKind;
  /** The step columns that it is computed from, directly or through other features. */
  readonly needs: readonly StepColumn[];
  /** Smallest and largest possible value; padded ranges stop there. */
  readonly limits: readonly [number, number];
}

/** A figure of the requests of the batch: a column of the step records holds it, or nearly so, or their state gives it. */
export interface MeasuredFeature extends FeatureBase {
  readonly name: MeasuredName;
  readonly source: 'requests';
  readonly visible: true;
}

/** Defined by a formula in the program language over other features and the parameters of model and hardware. */
export interface DerivedFeature extends FeatureBase {
  readonly source: 'formula';
  readonly visible: true;
  readonly formula: string;
}

/** What programs may use. */
export type VisibleFeature = MeasuredFeature | DerivedFeature;

/** A step column for analysis alone: StepTime cannot see it. */
export interface AnalysisFeature extends FeatureBase {
  readonly source: 'column';
  readonly visible: false;
  readonly column: StepColumn;
  /** Why a program may not use it. */
  readonly reason: string;
}

export type FeatureDefinition = VisibleFeature | AnalysisFeature;
