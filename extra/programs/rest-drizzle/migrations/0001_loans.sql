CREATE TABLE `loans` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`isbn` text NOT NULL,
	`reader` text NOT NULL,
	`since` integer NOT NULL,
	`returned` integer,
	FOREIGN KEY (`isbn`) REFERENCES `books`(`isbn`) ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `loans_open` ON `loans` (`isbn`) WHERE "returned" IS NULL;
