mod approve;
mod decide;
mod execute;
mod list;
mod steps;
mod submit;
