mod admission;
mod order;
mod streams;
