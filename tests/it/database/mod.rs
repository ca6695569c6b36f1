mod catalogue;
mod migrations;
mod schema;
