/** How a request to a model is written, where servers differ. */
export interface Shape {
  /** OpenAI's endpoint: Chat Completions or Responses. */
  readonly api: 'chat' | 'responses';
  /** Name of the limit of a reply in Chat Completions. */
  readonly limit: 'max_tokens' | 'max_completion_tokens';
  /** Whether a temperature is sent, where there is one. */
  readonly temperature: boolean;
  /** Whether the system text has a role of its own; else it stands before the prompt. */
  readonly systemRole: boolean;
  /** Whether the tokens of a stream are asked for. */
  readonly streamUsage: boolean;
  readonly stream: boolean;
  /** Whether the system text is marked as worth caching (Anthropic). */
  readonly cache: boolean;
}
