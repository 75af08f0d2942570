/** How a model is spread over accelerators. A batch is that of one rank, since each rank has a scheduler of its own. */
export interface Deployment {
  /** GPUs that share each layer. */
  readonly tensorParallelism: number;
  /** Stages that the layers are divided into; 1 where absent. */
  readonly pipelineParallelism?: number;
  /**
   * Ranks with batches of their own that share the experts of a model; 1 where absent. Replicas, which share nothing, are servers of
   * their own.
   */
  readonly dataParallelism?: number;
  /** Whether experts are spread whole over the GPUs of all ranks; else each is divided among them. */
  readonly expertParallel?: true;
}
