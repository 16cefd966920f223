/** The files of a first project, by their path in it. */

const project = `{
  "rules": ["rules"],
  "defaults": {
    "readyAfter": "30s"
  }
}
`

const rules = `language 1

// A first rule, its way back, and a test of both. Change the names to those of your system: a rule
// names a workload to scale, and spans by service/operation as they are in your traces.
// \`scalec check\` says what is wrong, \`scalec test\` runs the test below, \`scalec fmt\` lays out.

/// What users feel as slow.
let slow = 400ms

/// With this there is capacity to spare.
let calm = 120ms

// Clauses for every rule and target of this file. Every 5 seconds the rules are looked at once.
defaults { namespace boutique  every 5s }

// How far and how fast this workload may be changed, whatever the rules ask for.
target deployment/adservice {
  between 2 and 10
  up at most +4 per 60s
  down at most 10% per 60s
  // A decision to take replicas away must stand for so long.
  stable 5m before down
  // Rest after any change.
  cooldown 60s
}

/// Ads breach their objective: in five of the last twelve steps their p99 was too high.
ads-slow: scale deployment/adservice +2 when span(adservice/GetAds).p99 > slow 5 times in 60s

/// Ads have been fast for ten minutes: give one back.
ads-calm: scale deployment/adservice -1 when span(adservice/GetAds).p99 over 1m < calm for 10m

// What fails is fast, and looks like spare capacity: take nothing away meanwhile.
ads-failing: freeze deployment/adservice down when span(adservice/GetAds).error_rate over 1m > 5%

// Tests run on a virtual clock, in milliseconds, and are no part of a bundle.
test "a latency step adds two replicas" {
  given deployment/adservice at 2
  load span(adservice/GetAds) at 20/s taking 150ms from 0s to 30s
  load span(adservice/GetAds) at 20/s taking 600ms from 30s to 2m
  expect no action before 50s
  expect deployment/adservice at 4 by 65s
}

test "a calm quarter of an hour gives one back" {
  given deployment/adservice at 4
  load span(adservice/GetAds) at 20/s taking 60ms from 0s to 17m
  expect no action before 10m
  expect deployment/adservice at 3 by 17m
}

test "failing fast is no reason to shrink" {
  given deployment/adservice at 4
  load span(adservice/GetAds) at 20/s taking 60ms failing 20% from 0s to 17m
  expect no action
}
`

const readme = `# Scaling rules

What scales here, when, and how far: \`rules/*.scale\`. They are checked and tested like code.

\`\`\`sh
scalec check                       # what is wrong with them
scalec test                        # their test blocks, on a virtual clock
scalec explain --rule ads-slow     # a rule in plain words
scalec compile -o rules.bundle.json
scalec replay traces.jsonl.gz      # what they would have done while these traces were recorded
scaled run --bundle rules.bundle.json --dry-run
\`\`\`

In continuous integration:

\`\`\`yaml
- run: scalec fmt --check rules
- run: scalec check --format github --fail-level warning
- run: scalec test --fail-on-empty
- run: scalec diff old.bundle.json rules --format markdown > comment.md || test $? -eq 1
\`\`\`

In a cluster: \`scalec rbac | kubectl apply -f -\` grants \`scaled\` what these rules need and nothing more. Rules that somebody else deploys are
signed (\`scalec keygen\`, \`scalec sign\`) and verified (\`bundle.public_keys\` of scaled).
`

const ignore = `# Built from rules/.
*.bundle.json
# Private keys; public ones belong here.
*.pem
!*.pub.pem
# What scaled remembers.
scaled-state/
`

export const templates: readonly (readonly [path: string, text: string])[] = [
  ['scale.json', project],
  ['rules/first.scale', rules],
  ['README.md', readme],
  ['.gitignore', ignore],
]
