# The same from a shell. The package "blindscore" gives the command: npm install ./blindscore-VERSION.tgz
server='http://127.0.0.1:8787'
model='credit-default'
# Columns of the file that do not have the model's own names, each as --column 'FEATURE=NAME'.
set --

# The model's public card: its columns, ranges and tolerance.
curl --fail --silent --show-error "$server/v1/models/$model"

# Encrypts records.csv on this machine, has it scored, and opens the scores.
npx blindscore score --server "$server" --model "$model" "$@" < records.csv > scores.csv

# The whole API, as OpenAPI 3.1.
curl --fail --silent --show-error "$server/openapi.json"
