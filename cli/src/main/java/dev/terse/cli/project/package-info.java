/** Configurations and small models that come with the program, and where they lie. */
package dev.terse.cli.project;
