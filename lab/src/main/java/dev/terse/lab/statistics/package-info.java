/** Whether two models differ on the same problems: exact tests and intervals of pairs. */
package dev.terse.lab.statistics;
