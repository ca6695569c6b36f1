mod approve;
mod decide;
mod execute;
mod submit;
