"""What uncramp remembers, in one database: runners, files, activities, answers, flags, advice."""
