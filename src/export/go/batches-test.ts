import type { Package } from '../package.ts';
import { GENERATED } from './text.ts';

/** The batches of `batches.ts` again, for the Go tests. */
export function batchesTestGo({ go, seed }: Package): string {
  const sim = go.simImport === '' ? '' : `import "${go.simImport}"\n\n`;
  return `${GENERATED}package ${go.packageName}

${sim}// batchSource generates the batches of the parity test, step by step as the program that stored the expected values did.
// The generator is mulberry32.
type batchSource struct {
	state  uint32
	tokens []${go.token}
}

const batchSeed = ${seed}

func newBatchSource() *batchSource {
	return &batchSource{state: batchSeed, tokens: make([]${go.token}, 4096)}
}

func (s *batchSource) draw(n int) int {
	s.state += 0x6d2b79f5
	t := s.state
	t = (t ^ t>>15) * (t | 1)
	t ^= t + (t^t>>7)*(t|61)
	return int((t ^ t>>14) % uint32(n))
}

func (s *batchSource) next() []*${go.request} {
	kind := s.draw(20)
	if kind == 0 {
		return nil
	}
	var size int
	if s.draw(4) == 0 {
		size = 1 + s.draw(4)
	} else {
		size = 1 + s.draw(128)
	}
	batch := make([]*${go.request}, size)
	for i := range batch {
		if kind < 5 || (kind >= 9 && s.draw(4) == 0) {
			batch[i] = s.prefill(2048 / size)
		} else {
			batch[i] = s.decode()
		}
	}
	return batch
}

func (s *batchSource) prefill(chunk int) *${go.request} {
	input := 1 + s.draw(4096)
	progress := s.draw(input)
	added := 1 + s.draw(min(input-progress, chunk))
	return s.request(input, progress, added, s.draw(1024))
}

func (s *batchSource) decode() *${go.request} {
	input := 1 + s.draw(4096)
	output := 1 + s.draw(1024)
	progress := input + s.draw(output)
	added := 1
	if s.draw(16) == 0 {
		added = 1 + s.draw(4)
	}
	if s.draw(64) == 0 {
		output = 0
	}
	return s.request(input, progress, added, output)
}

func (s *batchSource) request(input, progress, added, output int) *${go.request} {
	return &${go.request}{
		ProgressIndex: int64(progress),
		NumNewTokens:  added,
		InputTokens:   s.tokens[:input],
		OutputTokens:  s.tokens[:output],
	}
}

// busiestBatch has 128 requests, one in eight of them prefilling.
func (s *batchSource) busiestBatch() []*${go.request} {
	batch := make([]*${go.request}, 128)
	for i := range batch {
		if i%8 == 0 {
			batch[i] = s.prefill(128)
		} else {
			batch[i] = s.decode()
		}
	}
	return batch
}
`;
}
