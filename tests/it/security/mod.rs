mod canary;
mod dependent;
mod tokens;
