/** The models that are served, and the one thread that computes with them. */
package dev.terse.serve.model;
