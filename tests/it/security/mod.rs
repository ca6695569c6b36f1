mod canary;
mod dependent;
mod guesses;
mod people;
mod tokens;
mod waiting;
