import "../../src/register.ts";
import { unreadBodySuite } from "../support/unread-body-suite.ts";

unreadBodySuite();
