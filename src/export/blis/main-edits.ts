import type { AnchoredEdit } from './anchored-edits.ts';
import type { BackendNames } from './names.ts';

/*
 * Where the main branch of the simulator (August 2026) names its latency backends. Another backend that was patched in before is no
 * obstacle: each anchor looks for the name of the default backend and leaves what follows it alone.
 */

const KNOWN = '"trained-physics"';

/** All places that must know of a new backend, but for those that refuse it on purpose; see `REFUSALS`. */
export function mainEdits(names: BackendNames, section: string): readonly AnchoredEdit[] {
  const { backend, stem, file } = names;
  const quoted = `"${backend}"`;
  return [
    {
      path: 'sim/bundle.go',
      anchor: 'the map validLatencyBackends',
      find: /validLatencyBackends\s+= map\[string\]bool\{[^}\n]*"trained-physics": true/,
      replace: (match) => `${match}, ${quoted}: true`,
    },
    {
      path: 'sim/bundle_test.go',
      anchor: 'the list of valid backends in TestValidLatencyBackendNames_ExcludesRemoved',
      find: /expected := \[\]string\{"roofline", "trained-physics"/,
      replace: (match) => `${match}, ${quoted}`,
    },
    {
      path: 'sim/bundle_test.go',
      anchor: 'the number of valid backends in TestValidLatencyBackendNames_ExcludesRemoved',
      find: /must contain exactly \d+ backends/,
      replace: (match) => match.replace(/\d+/, (count) => String(Number(count) + 1)),
    },
    {
      path: 'sim/bundle_test.go',
      anchor: 'the assertion on trained-physics in TestIsValidLatencyBackend',
      find: /\tassert\.True\(t, IsValidLatencyBackend\("trained-physics"\)\)\n/,
      replace: (match) => `${match}\tassert.True(t, IsValidLatencyBackend(${quoted}))\n`,
    },
    {
      path: 'sim/config.go',
      anchor: 'the comment of ModelHardwareConfig.Backend',
      find: /\/\/ latency model backend: "" or "roofline" \(default\), "trained-physics"/,
      replace: (match) => `${match}, ${quoted}`,
    },
    {
      path: 'sim/latency/latency.go',
      anchor: 'the case of trained-physics in NewLatencyModel',
      find: /\t\tmodel\.adapterCost = o\.adapterCost\n\t\treturn model, nil\n\tdefault:\n/,
      replace: (match) =>
        match.replace(
          '\tdefault:\n',
          `\tcase ${quoted}:
		model, err := New${stem}Model(coeffs, hw)
		if err != nil {
			return nil, err
		}
		model.adapterCost = o.adapterCost
		return model, nil
	default:
`,
        ),
    },
    {
      path: 'sim/latency/latency.go',
      anchor: 'the comment of NewLatencyModel',
      find: /\/\/ "trained-physics" → TrainedPhysicsModel/,
      replace: (match) => `${match}, ${quoted} → ${stem}Model`,
    },
    {
      path: 'cmd/default_config.go',
      anchor: 'the field KVOffloadDevices of Config',
      find: /\tKVOffloadDevices map\[string\]KVOffloadDeviceDefaults `yaml:"kv_offload_devices,omitempty"`\n/,
      replace: (match) =>
        `${match}\t// ${stem}Coefficients hold constants of --latency-model ${backend}, by model.\n\t${stem}Coefficients []${stem}Coefficients \`yaml:"${file}_coefficients,omitempty"\`\n`,
    },
    {
      path: 'cmd/root.go',
      anchor: 'the block of analytical backends in resolveLatencyConfig',
      find: /\n\t\/\/ Analytical backends: parse HF config/,
      replace: (match) => `
	// --latency-model ${backend}: constants from ${file}_coefficients in defaults.yaml, where no flags give them.
	if backend == ${quoted} {
		alpha, beta = resolve${stem}Config(cmd, alpha, beta)
	}
${match}`,
    },
    ...['cmd/root.go', 'cmd/replay.go'].map((path): AnchoredEdit => {
      const times = path === 'cmd/root.go' ? 3 : 1;
      return {
        path,
        anchor: 'the test for analytical backends',
        find: /(\w+\.)?[bB]ackend == "roofline" \|\| (\w+\.)?[bB]ackend == "trained-physics"/,
        times,
        replace: (match) => `${match} || ${match.split(' ')[0]} == ${quoted}`,
      };
    }),
    {
      path: 'cmd/root.go',
      anchor: 'the help of --latency-model',
      find: /"Latency model backend: trained-physics \(default\), roofline/,
      replace: (match) => `${match}, ${backend}`,
    },
    {
      path: 'defaults.yaml',
      anchor: 'the section trained_physics_coefficients',
      find: /\n# LoRA control-plane defaults/,
      replace: (match) => `\n${section.trimEnd()}${match}`,
    },
    {
      path: 'docs/guide/latency-models.md',
      anchor: 'the heading When to Use Which',
      find: /\n## When to Use Which\n/,
      replace: (match) => `\n${docs(names)}${match}`,
    },
    {
      path: 'docs/reference/configuration.md',
      anchor: 'the row of --latency-model',
      find: /Latency model backend: `trained-physics` \(default\), `roofline`/,
      replace: (match) => `${match}, \`${backend}\``,
    },
  ];
}

/** Tests that name the default backend and refuse every other one: data and expert parallelism, and its communication. */
const REFUSALS: readonly RegExp[] = [
  /if \(dataParallelism > 1 \|\| enableExpertParallel\) && backend != "trained-physics" \{/,
  /if backend != "trained-physics" \{/,
];
/** Lines of the default backend alone. */
const OWN: readonly RegExp[] = [/^\s*backend = "trained-physics"$/, /^\s*if backend == "trained-physics" \{$/];

/**
 * Lines of code that compare with the name of the default backend and that no edit knows: a gate that the patch would miss.
 */
export function unknownGates(path: string, text: string): readonly string[] {
  return text.split('\n').flatMap((line, at) => {
    const code = line.replace(/\/\/.*$/, '');
    const compares = new RegExp(`([!=]=|case .*|\\bbackend =) ?${KNOWN}`).test(code) || code.includes(`${KNOWN}:`);
    const isKnown =
      /== "roofline" \|\| \S+ == "trained-physics"/.test(code) ||
      /validLatencyBackends\s+=/.test(code) ||
      /^\tcase "trained-physics":$/.test(code) ||
      [...REFUSALS, ...OWN].some((known) => known.test(code.trimEnd()));
    return compares && !isKnown ? [`${path}:${at + 1}`] : [];
  });
}

function docs({ backend, file }: BackendNames): string {
  return `## The \`${backend}\` Backend

\`--latency-model ${backend}\` computes step time by a formula that was found by search over measured steps and fitted to them. The
formula and its parity tests are generated code in \`sim/latency/${backend.replaceAll('-', '')}/\`; its \`README.md\` says what it was
measured on and how far off it was. \`sim/latency/${file}_model.go\` makes it a backend.

Constants come from \`${file}_coefficients\` in \`defaults.yaml\` (\`--alpha-coeffs\` and \`--beta-coeffs\` override them): α₀ is the
constant \`QueueingTime\`, α₁ the \`PostDecodeFixedOverhead\`, α₂ the \`OutputTokenProcessingTime\`, as in trained-physics. None is
negative: where the formula subtracts, its code does. Data and expert parallelism are refused, as they are for roofline.
`;
}
