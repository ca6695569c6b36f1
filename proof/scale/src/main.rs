//! Prints the tables of `docs/scale.md`.

fn main() {
    print!("{}", shepherd_scale::tables());
}
