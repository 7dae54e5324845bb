/** Line charts for pages and pictures. They know numbers, not what they mean. */
package dev.terse.lab.chart;
