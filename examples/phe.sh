# The article's exchange with python-paillier's files. Either side may be python-paillier itself: they are its formats.

# ABC makes a key, and encrypts a record: age, healthy eating, active lifestyle, gender.
npx blindscore phe keys > custkeys.jwk
npx blindscore phe seal --doubly --key custkeys.jwk 24 4 6 1 > data.json

# XYZ scores what it cannot read, and ABC opens the answer. The article's own script leaves the intercept out.
npx blindscore phe score --model salary < data.json > answer.json
npx blindscore phe open --key custkeys.jwk < answer.json
npx blindscore phe score --model salary --without-intercept < data.json > answer.json
npx blindscore phe open --key custkeys.jwk < answer.json
