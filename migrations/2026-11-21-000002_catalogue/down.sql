drop table instance_sizes, templates, clusters;
drop function published_templates_are_frozen();
