#include "pipeline/html_text.h"
