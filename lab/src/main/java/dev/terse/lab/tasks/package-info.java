/** Seeded problems with worked solutions. They know no model and no training. */
package dev.terse.lab.tasks;
