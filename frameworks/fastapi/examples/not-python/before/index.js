const express = require('express')

const app = express()

app.get('/items', (request, response) => response.json([]))

app.listen(3000)
