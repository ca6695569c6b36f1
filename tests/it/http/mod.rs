mod order;
mod streams;
