mod canary;
mod dependent;
mod people;
mod tokens;
mod waiting;
