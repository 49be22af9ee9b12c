CREATE TABLE `authors` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL,
	`born` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `authors_name_unique` ON `authors` (`name`);
--> statement-breakpoint
CREATE TABLE `books` (
	`isbn` text PRIMARY KEY NOT NULL,
	`title` text NOT NULL,
	`author_id` integer NOT NULL,
	`price` real,
	`tags` text DEFAULT '[]' NOT NULL,
	`in_print` integer DEFAULT true NOT NULL,
	`cover` blob,
	FOREIGN KEY (`author_id`) REFERENCES `authors`(`id`) ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `books_title` ON `books` (`title`);
