import express from "express";

const app = express();

app.get("/whoami", (request, response) => {
  response.json({ uid: process.getuid() });
});

app.listen(Number(process.env.PORT ?? 3000));
